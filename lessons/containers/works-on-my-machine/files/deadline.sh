#!/bin/sh
# When does an invoice have to be paid? Usage: sh deadline.sh DATE
set -eu
due=$(date -d "$1 + $DAYS days" +%Y-%m-%d)
echo "Invoice of $1: to be paid by $due."
