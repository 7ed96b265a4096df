# Ends well when Docker asks for it.
trap 'echo "asked to end, good bye"; exit 0' TERM
echo "working as process $$"
while true; do sleep 1; done
