#!/bin/sh
# usage: sh test.sh IMAGE     the test of the shop: the image has to say that it is open
if docker run --rm "$1" | grep -q "is open"; then
  echo "test passed: $1"
else
  echo "test failed: $1 does not say that the shop is open"
  exit 1
fi
