echo "shop, first edition"
