echo "This is the application, version 1."
