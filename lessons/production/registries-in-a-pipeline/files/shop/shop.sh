echo "The shop is open"
