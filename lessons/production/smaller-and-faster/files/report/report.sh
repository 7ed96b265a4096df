echo "All orders of today are packed."
