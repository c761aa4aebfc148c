# shellcheck shell=bash
# Starts a run again after a failure; sourced by launch/local and launch/cluster, which define
#   plan_start: sets `command` (mpirun and its options), `ranks` and `places` (in words) for the next start; fails if
#               there is no host to start on.

restarts=0
spares=0

# take_options ARGS…: reads --restarts N and --spares K, and sets `rest` to what follows them.
take_options() {
    local name
    while [[ ${1:-} =~ ^--(restarts|spares)(=|$) ]]; do
        name=${BASH_REMATCH[1]}
        if [[ $1 == *=* ]]; then set -- "${1%%=*}" "${1#*=}" "${@:2}"; fi
        if ! is_count "${2:-}" || (($2 > 9999)); then
            fail "--$name needs a number from 0 to 9999, not '${2:-}'; $usage"
        fi
        printf -v "$name" %s "$2"
        shift 2
    done
    rest=("$@")
}

# describe_exit CODE: what an exit code of mpirun means.
describe_exit() {
    case $1 in
    1) echo "the program ended with an error (exit code 1)" ;;
    137) echo "a rank or mpirun was killed (SIGKILL, exit code 137)" ;;
    205) echo "mpirun lost the connection to a host (exit code 205)" ;;
    255) echo "ssh or a daemon of mpirun ended (exit code 255)" ;;
    129 | 13[0-9] | 14[0-9] | 15[0-9]) echo "a rank ended by SIG$(kill -l "$1") (exit code $1)" ;;
    *) echo "mpirun ended with exit code $1" ;;
    esac
}

# seconds MILLISECONDS: prints them as seconds with one decimal.
seconds() {
    local tenths=$((($1 < 0 ? 0 : $1 + 50) / 100))
    echo "$((tenths / 10)).$((tenths % 10)) s"
}

# count N NOUN: prints "1 step", "2 steps".
count() { echo "$1 $2$( (($1 == 1)) || echo s)"; }

now() { echo $((${EPOCHREALTIME//[^0-9]/} / 1000)); }

# Whether nothing is to be started after this exit code: success, wrong usage, an interruption that the ranks agreed on, or
# the exit code that the run has for that.
is_final() {
    case $1 in 0 | 64 | 129 | 130 | 138 | 143) return 0 ;; esac
    setting_value interrupt.exit_code "${arguments[@]}" ||
        saved_setting interrupt exit_code "$run_directory/settings.yaml" || return 1
    [[ $value == "$1" ]]
}

# Signals end the run: the first lets the ranks save, a second one ends them at once. mpirun kills at SIGTERM and
# SIGINT, but passes SIGUSR2 and SIGALRM on, which the ranks take for these, and SIGUSR1. Within a second it is the same
# one: a terminal or Slurm sends it to several processes, which pass it on.
hear() {
    is_woken=true
    if [[ -z $heard ]]; then
        heard=$1 heard_at=$(now)
        if [[ -n $mpirun ]]; then
            say "SIG$1: the ranks save and end; a second signal ends them at once"
            pass_on
        fi
    elif [[ -n $mpirun ]] && (($(now) > heard_at + 1000)); then
        kill -s "$last_signal" "$mpirun" 2>/dev/null || true
    fi
}

# Passes the signal that was heard on to the ranks, once mpirun is there to do so: for two seconds it may lose it.
pass_on() {
    local signal=USR1 early=$((launched + 2000 - $(now)))
    if ((early > 0)); then sleep "$(printf '%d.%03d' $((early / 1000)) $((early % 1000)))"; fi
    case $heard in TERM) signal=USR2 ;; INT) signal=ALRM ;; esac
    if [[ -n $mpirun ]]; then kill -s "$signal" "$mpirun" 2>/dev/null || true; fi
}

# Prepares what start_mpirun needs: the words before its command (`guard`), and the signals.
choose_guard() {
    local signal
    heard='' mpirun='' launched=0 guard=() last_signal=TERM
    # Slurm sends its signals to every process of a job; at those mpirun and orted would kill the ranks instead of letting them
    # save. Ranks get every signal again.
    if [[ -n ${is_allocated:-} ]] && env --block-signal=TERM true 2>/dev/null; then
        guard=(env "--block-signal=TERM,INT,HUP")
        last_signal=KILL
    fi
    # If this script is killed, the ranks save and end.
    if setpriv --pdeathsig USR1 true 2>/dev/null; then guard+=(setpriv --pdeathsig USR1); fi
    if [[ -t 0 ]]; then exec </dev/null; fi
    for signal in INT TERM HUP USR1; do
        # shellcheck disable=SC2064 # the signal of now
        trap "hear $signal" "$signal"
    done
}

# Runs mpirun in a process group of its own, so that Ctrl-C reaches it from here only; sets `code` to its exit code.
start_mpirun() {
    local filter attempt
    exec 8> >(exec bash "$repository/launch/mpirun-noise" >&2)
    filter=$!
    launched=$(now)
    set -m
    "${guard[@]}" "$@" 2>&8 8>&- &
    mpirun=$!
    set +m
    exec 8>&-
    if [[ -n $heard ]]; then pass_on; fi # it came since `supervise` looked
    while true; do
        is_woken=false code=0
        wait "$mpirun" || code=$?
        [[ $is_woken == true ]] || break
    done
    mpirun=
    # mpirun was sent another signal; before the ranks handle it, it ends them
    if [[ -n $heard ]] && ((code == 138 || code == 140 || code == 142)); then code=$((128 + $(kill -l "$heard"))); fi
    # What it said last comes first; an ssh that hangs may hold the pipe open.
    for attempt in {1..20}; do
        kill -0 "$filter" 2>/dev/null || break
        sleep 0.02
    done
}

# Sets `arguments` for a start after the first: `--resume`, or the same run from its first step.
continue_run() {
    if has_run; then
        if [[ " ${arguments[*]} " != *" --resume "* ]]; then arguments=("${arguments[0]}" --resume "${arguments[@]:1}"); fi
    elif ! is_search && [[ -z $shards ]] && ! option_value --shards "${arguments[@]}"; then
        # the run's shards are the ranks of its first start
        arguments=("${arguments[0]}" --shards "$first_ranks" "${arguments[@]:1}")
    fi
}

# Sets `shards` to the number of shards of the run, which is the most ranks that it can have; empty if it follows the
# ranks, and for a search, whose groups of ranks have a trial each.
find_shards() {
    shards=
    ! is_search || return 0
    find_target "${arguments[@]}"
    if ! saved_setting "" shards "$run_directory/settings.yaml" && ! setting_value shards "${arguments[@]}" &&
        ! option_value --shards "${arguments[@]}"; then
        if [[ $target == *.y*ml ]]; then saved_setting "" shards "$target" || true; fi
    fi
    shards=$value
    if ! is_count "$shards" || ((shards == 0)); then shards=; fi
}

# Whether the number of ranks decides on the shards of the run, and with them on its bits.
follows_ranks() { ! is_search && [[ -z $shards ]] && ! has_run; }

# Takes the number of ranks out of LOCKSTEP_MPIRUN_ARGS: sets `asked_ranks`.
take_rank_count() {
    asked_ranks=
    if [[ " ${LOCKSTEP_MPIRUN_ARGS:-} " =~ ^(.*)" "--?(n|np|c)" "+([1-9][0-9]{0,5})" "(.*)$ ]]; then
        asked_ranks=${BASH_REMATCH[3]}
        LOCKSTEP_MPIRUN_ARGS="${BASH_REMATCH[1]} ${BASH_REMATCH[4]}"
    fi
}

# Lowers `ranks`, which is that of all slots, to what was asked for and to the shards of the run, each of which one rank
# computes; sets `count_option` to mpirun's option for it.
limit_ranks() {
    local slots_in_all=$ranks
    count_option=()
    ((restarts > 0)) || return 0
    if [[ -n $asked_ranks ]] && ((asked_ranks < ranks || generation == 0)); then ranks=$asked_ranks; fi
    if [[ -n $shards ]] && ((ranks > shards)); then
        say "$(count "$shards" rank) of $ranks started, since the run has $(count "$shards" shard)"
        ranks=$shards
    fi
    if is_search && option_value --ranks-per-trial "${arguments[@]}" && is_count "$value" && ((value > 0 && ranks % value > 0)); then
        ((ranks > value)) || fail "a trial has $(count "$value" rank), and the hosts that are ready have slots for $ranks: lower --ranks-per-trial"
        say "$((ranks - ranks % value)) ranks of $ranks started, since a trial has $(count "$value" rank)"
        ranks=$((ranks - ranks % value))
    fi
    if ((ranks != slots_in_all)); then count_option=(-n "$ranks"); fi
}

# Waits until there is a host to start on, or a signal comes, for 10 minutes at most; fails if there is none.
await_hosts() {
    local attempt
    for attempt in {1..120}; do
        if plan_start || [[ -n $heard ]]; then return; fi
        ((generation > 0)) || fail "$not_ready"
        ((attempt > 1)) || say "no host is ready: trying again every 5 s for 10 minutes"
        sleep 5
    done
    say "no host was ready for 10 minutes"
    return 1
}

# Sets `code` to that of a run which a signal has interrupted between two starts.
end_unstarted() {
    say "SIG$heard: ended before a start; continue with --resume, where the run has begun"
    code=$((128 + $(kill -l "$heard")))
    if setting_value interrupt.exit_code "${arguments[@]}" ||
        saved_setting interrupt exit_code "$run_directory/settings.yaml"; then
        if is_count "$value"; then code=$value; fi
    fi
}

# Tells how the start has failed; fails if it would be of no use, or not allowed, to start again.
report_failure() {
    local after="step $step, the last one recorded$(is_search && echo " of all trials together")" is_idle=false is_repeated=false
    if ((step_time < start_time)); then
        after="it began, before any new step" is_idle=true step_time=$start_time
    fi
    ((stopped > 0)) || stopped=$step_time
    say "start $generation failed: $(describe_exit "$code"), known $(seconds $(($(now) - step_time))) after $after"
    # The same failure again before any new step, or the same error of the program after the same step.
    if [[ $code == "$last_code" ]] && { [[ $is_idle$was_idle == truetrue ]] || ((code == 1 && step == last_step)); }; then
        is_repeated=true
    fi
    last_code=$code last_step=$step was_idle=$is_idle
    if [[ $is_repeated == true ]]; then
        say "the same failure twice without progress between: starting again would not help"
        return 1
    elif ((failures == restarts)); then
        say "no restart is left of $(count "$restarts" restart)"
        return 1
    fi
}

# Starts `arguments` until the run ends, or cannot go on; sets `code`.
supervise() {
    local generation=0 failures=0 lost_steps=0 lost_time=0 stopped=0 last_code='' last_step=-1 was_idle=false
    local step step_time saved_step done_trials=0 start_time begun resumed first_ranks='' goes_on=''
    find_shards
    while await_hosts; do
        if [[ -n $heard ]]; then
            end_unstarted
            break
        fi
        first_ranks=${first_ranks:-$ranks}
        [[ -z $goes_on ]] || say "$goes_on on $places ($(count "$ranks" rank))"
        generation=$((generation + 1))
        start_time=$(now) begun=$(date -u +%FT%T.%3NZ)
        command+=(-x "LOCKSTEP_JOB=$job" -x "LOCKSTEP_GENERATION=$generation")
        keep_last_mca
        if ((generation == 1)); then print_command "${command[@]}" "$program" "${arguments[@]}"; fi
        start_mpirun "${command[@]}" "$program" "${arguments[@]}"
        resumed=$(first_record "$begun")
        if ((stopped > 0)) && [[ -n $resumed ]]; then
            lost_time=$((lost_time + (resumed > stopped ? resumed - stopped : 0)))
            stopped=0
        fi
        if [[ -n $heard ]] || is_final "$code"; then break; fi
        read_progress
        report_failure || break
        failures=$((failures + 1))
        lost_steps=$((lost_steps + step - saved_step))
        goes_on="start $((generation + 1)) continues from the first step"
        if is_search; then
            goes_on="start $((generation + 1)) continues the search, of which $(count "$done_trials" trial) $( ((done_trials == 1)) && echo is || echo are) done,"
        elif ((saved_step > 0)); then
            goes_on="start $((generation + 1)) continues from the checkpoint of step $saved_step"
        fi
        has_run || goes_on="start $((generation + 1)) begins the $(is_search && echo search || echo run) anew in ${run_directory@Q}"
        continue_run
        find_shards
    done
    ((failures == 0)) ||
        say "$(count "$failures" restart); computed again: $(count "$lost_steps" step) that had been recorded; without training: $(seconds "$lost_time")"
}

# run ARGS…: starts the program on the ranks that plan_start chooses; with --restarts again after each failure.
run() {
    local job='' shards='' generation=0 code=0
    if ((restarts > 0)); then
        choose_run_directory "$@"
        take_rank_count
        job=$(set +o pipefail && tr -dc a-z0-9 </dev/urandom | head -c 16)
        [[ ${#job} == 16 ]] || fail "cannot read /dev/urandom"
        choose_guard
        supervise
        if [[ $is_own_directory == true ]]; then rmdir -- "$run_directory" 2>/dev/null || true; fi
        exit "$code"
    fi
    plan_start || fail "$not_ready"
    keep_last_mca
    # Only these save at a signal; others keep the terminal's input.
    case ${1:-} in train | search) ;; *) become "${command[@]}" "$program" "$@" ;; esac
    print_command "${command[@]}" "$program" "$@"
    choose_guard
    start_mpirun "${command[@]}" "$program" "$@"
    exit "$code"
}
