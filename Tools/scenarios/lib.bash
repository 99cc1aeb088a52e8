# What the scenarios share; they are run, this is sourced.

base=${1:-http://127.0.0.1:8080}
failures=0
headers=$(mktemp)
body=$(mktemp)
trap 'rm -f "$headers" "$body"' EXIT

# Sends a request: call METHOD PATH [curl arguments]; sets `status`, and leaves headers and body in their files.
call() {
    local method=$1 path=$2
    shift 2
    status=$(curl --silent --show-error --max-time 60 --request "$method" --dump-header "$headers" --output "$body" \
        --write-out '%{http_code}' "$@" "$base$path")
}

# Prints a header of the last answer.
header() {
    awk -v name="$1" 'BEGIN { IGNORECASE = 1 } tolower($1) == tolower(name) ":" { sub(/^[^:]*: */, ""); sub(/\r$/, ""); print }' "$headers"
}

# Prints a member of the last answer by its path: member .services.rate_limiting.status
member() {
    python3 -c '
import json, sys
value = json.load(open(sys.argv[1]))
for part in filter(None, sys.argv[2].split(".")):
    value = value[int(part)] if isinstance(value, list) else value[part]
print(value if isinstance(value, str) else json.dumps(value))' "$body" "$1"
}

# Says how a statement of the checklist turned out: expect TEXT WANTED FOUND
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok    $1"
    else
        echo "FAIL  $1: $3 instead of $2"
        failures=$((failures + 1))
    fi
}

# Says whether the last answer is a proper refusal: expect_refusal TEXT
expect_refusal() {
    local seconds
    expect "$1" 429 "$status"
    seconds=$(header Retry-After)
    expect "$1: Retry-After is 1 to 60 whole seconds" yes "$([[ $seconds =~ ^[0-9]+$ ]] && ((seconds >= 1 && seconds <= 60)) && echo yes || echo "no ($seconds)")"
    expect "$1: the body names the error" rate_limited "$(member .error)"
}

# Calls as often as allowed, then once more: exhaust TEXT COUNT METHOD PATH [curl arguments]
exhaust() {
    local text=$1 count=$2 passed=0 number
    shift 2
    for ((number = 0; number < count; number++)); do
        call "$@"
        [[ $status != 2* ]] || passed=$((passed + 1))
    done
    expect "$text: $count pass" "$count" "$passed"
    call "$@"
    expect_refusal "$text: one more is refused"
}

# Prints a new key.
new_key() {
    curl --silent --fail --header 'Content-Type: application/json' --data '{}' "$base/api/v1/keys" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["api_key"])'
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "$failures failed"
        exit 1
    fi
    echo "all as they should be"
    exit 0
}
