# Adds 1 to the number in the file $1, 1000 times: read, add, write.
file=$1
turn=0
while [ $turn -lt 1000 ]; do
  number=$(cat "$file")
  echo $((number + 1)) > "$file.new.$2"
  mv "$file.new.$2" "$file"
  turn=$((turn + 1))
done
echo done
