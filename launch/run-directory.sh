# shellcheck shell=bash
# The directory of a run or a search that is started again; sourced by restarts.sh. It must be visible from this
# machine.

# the option that names it: of a search it holds a run directory for each trial
directory_option=--run-dir

# Whether a search is started, and not a training.
is_search() { [[ $directory_option == --search-dir ]]; }

# option_value NAME ARGS…: sets `value` to the last value of the option; fails if it is not given.
option_value() {
    local name=$1 word previous='' status=1
    shift
    value=
    for word in "$@"; do
        if [[ $previous == "$name" ]]; then
            value=$word status=0
        elif [[ $word == "$name="* ]]; then
            value=${word#*=} status=0
        fi
        previous=$word
    done
    return "$status"
}

# setting_value KEY ARGS…: sets `value` to the setting's value in the last `--set KEY=VALUE`; fails if there is none.
setting_value() {
    local key=$1 word previous='' status=1
    shift
    value=
    for word in "$@"; do
        if [[ $previous == --set && $word == "$key="* ]]; then
            value=${word#*=} status=0
        elif [[ $word == "--set=$key="* ]]; then
            value=${word#*=*=} status=0
        fi
        previous=$word
    done
    return "$status"
}

# saved_setting GROUP KEY FILE: sets `value` to that of a settings file (GROUP may be empty); fails if it has none.
saved_setting() {
    value=
    [[ -f $3 ]] || return 1
    value=$(awk -v group="$1" -v key="$2" '
        /^[^[:space:]#]/ { here = $1 == group ":" }
        $1 == key ":" && (group == "" ? $0 !~ /^[[:space:]]/ : here) { print $2; exit }' <"$3")
    [[ -n $value ]]
}

# find_target COMMAND ARGS…: sets `target` to the recipe or settings file that `train ARGS…` or `search ARGS…` trains.
find_target() {
    local word takes_value=false
    target=
    for word in "${@:2}"; do
        if [[ $takes_value == true ]]; then
            takes_value=false
            continue
        fi
        case $word in
        --resume | --trace | --explain | --autotune | --no-autotune | -h | --help | --*=*) ;;
        -*) takes_value=true ;;
        *) target=$word && return ;;
        esac
    done
}

# Makes `runs/RECIPE-NUMBER-TIME`, or the same in `searches`, named as the program names it, and sets `run_directory`.
make_run_directory() {
    local name number=0 path attempt folder=runs
    if is_search; then folder=searches; fi
    name=${target##*/}
    if [[ $target == *.y*ml ]] && saved_setting "" recipe "$target"; then name=$value; fi
    name=${name:-run}
    name=${name//[^[:alnum:]._-]/_}
    mkdir -p "$folder" || fail "cannot make the folder $folder here: name a directory with $directory_option"
    for path in "$folder"/*; do
        if [[ $path =~ -([0-9]{4,15})-[0-9]{8}-[0-9]{6}Z$ ]] && ((10#${BASH_REMATCH[1]} > number)); then
            number=$((10#${BASH_REMATCH[1]}))
        fi
    done
    for attempt in {1..100}; do
        run_directory=$(printf '%s/%s-%04d-%s' "$folder" "$name" $((number + attempt)) "$(date -u +%Y%m%d-%H%M%SZ)")
        ! mkdir -- "$run_directory" 2>/dev/null || return 0
    done
    fail "cannot make a directory in $PWD/$folder: name one with $directory_option"
}

# check_restarts ARGS…: whether a run of these arguments can be continued; sets `run_directory` if they name it.
check_restarts() {
    ((restarts > 0)) || return 0
    case ${1:-} in
    train) ;;
    search) directory_option=--search-dir ;;
    *) fail "--restarts continues train and search, and '${1:-}' has no checkpoints to continue from: leave it out" ;;
    esac
    run_directory=
    if option_value "$directory_option" "$@"; then
        run_directory=$value
        [[ -n $run_directory ]] || fail "$directory_option is empty: name a directory"
    elif [[ " $* " == *" --resume "* ]]; then
        fail "--restarts must know what to continue: add $directory_option DIR"
    fi
}

# choose_run_directory ARGS…: sets `arguments` to ARGS with the run directory, which is made unless they name it.
choose_run_directory() {
    arguments=("$@") is_own_directory=false
    if [[ -z $run_directory ]]; then
        find_target "$@"
        make_run_directory
        is_own_directory=true
        arguments=("$1" "$directory_option" "$run_directory" "${@:2}")
    fi
}

# Whether the directory holds a run or a search that can be continued.
has_run() {
    if is_search; then
        [[ -e $run_directory/search.json ]]
        return
    fi
    [[ -e $run_directory/manifest.json || -e $run_directory/metrics.jsonl || -e $run_directory/checkpoints ]]
}

# milliseconds TIME: prints an ISO 8601 time as milliseconds since 1970, or nothing.
milliseconds() {
    if [[ $1 =~ ^[0-9T:.-]{19,30}Z$ ]]; then date -u -d "$1" +%s%3N 2>/dev/null || true; fi
}

# Sets `step` to the last step that the run has recorded and `step_time` to when (milliseconds), and `saved_step` to that of
# the newest checkpoint; 0 where there is none. Of a search the steps are those of all its trials, and `done_trials`
# their number that are complete.
read_progress() {
    local path all=0 newest=0 all_saved=0
    if ! is_search; then
        read_run_progress "$run_directory"
        return
    fi
    done_trials=0
    for path in "$run_directory"/trial-*; do
        [[ -d $path ]] || continue
        read_run_progress "$path"
        if [[ -e $path/trial.json ]]; then done_trials=$((done_trials + 1)) saved_step=$step; fi
        all=$((all + step)) all_saved=$((all_saved + saved_step))
        if ((step_time > newest)); then newest=$step_time; fi
    done
    step=$all step_time=$newest saved_step=$all_saved
}

# read_run_progress DIR: the same for one run.
read_run_progress() {
    local line path
    step=0 step_time=0 saved_step=0
    if [[ -f $1/metrics.jsonl ]]; then
        line=$(tail -c 1000000 -- "$1/metrics.jsonl" 2>/dev/null | grep -a '"event":"step"' | tail -n 1) || true
        if [[ $line =~ \"step\":(0|[1-9][0-9]{0,14})[,}] ]]; then step=${BASH_REMATCH[1]}; fi
        if [[ $line =~ \"time\":\"([^\"]*)\" ]]; then step_time=$(milliseconds "${BASH_REMATCH[1]}"); fi
        step_time=${step_time:-0}
    fi
    for path in "$1"/checkpoints/step-*; do
        if [[ $path =~ /step-([0-9]{1,15})$ ]] && ((10#${BASH_REMATCH[1]} > saved_step)); then
            saved_step=$((10#${BASH_REMATCH[1]}))
        fi
    done
    if ((step < saved_step)); then step=$saved_step; fi
}

# first_record TIME: prints when the run, or one of a search, recorded its first line since TIME (ISO 8601), in
# milliseconds; or nothing.
first_record() {
    local path
    for path in "$run_directory"/metrics.jsonl "$run_directory"/trial-*/metrics.jsonl; do
        [[ -f $path ]] || continue
        milliseconds "$(awk -v from="$1" '
            /"event":"(step|resume)"/ && match($0, /"time":"[^"]*"/) {
                time = substr($0, RSTART + 8, RLENGTH - 9)
                if (time >= from) { print time; exit }
            }' <"$path")"
    done | sort -n | head -n 1
}
