# press.sh TEXTS PAGES: makes a page of all texts, and notes since when its press is installed.
set -e
test -f /opt/press/press.bin || { echo "There is no press here. Run install.sh first."; exit 1; }
mkdir -p "$2"
{
  echo '<!doctype html>'
  echo '<meta charset="utf-8">'
  echo '<title>Harbour fair</title>'
  echo '<h1>Harbour fair</h1>'
  for text in "$1"/*.txt; do echo "<p>$(cat "$text")</p>"; done
} > "$2/index.html"
cp /opt/press/installed "$2/press.txt"
echo "the pages are ready"
