echo "This is the kiosk, version 1."
