#!/bin/sh
echo "serving $(ls /site/pages | wc -l) pages"
