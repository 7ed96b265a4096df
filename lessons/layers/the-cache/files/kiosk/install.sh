# A slow package manager. It keeps its downloads in /cache, when there is such a folder.
while read -r package; do
  if [ -f "/cache/$package" ]; then
    echo "$package: kept"
  else
    echo "$package: downloading"
    sleep 1
    if [ -d /cache ]; then echo "$package" > "/cache/$package"; fi
  fi
  echo "$package" >> installed.txt
done < "$1"
