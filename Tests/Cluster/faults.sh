# shellcheck shell=bash
# A training on three test hosts, faults that are injected into it, and what became of it; sourced by `faults` and `punish`.

here=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
repository=$(CDPATH='' cd -- "$here/../.." && pwd)
test_hosts=$here/test-hosts
export TEST_HOSTS=${TEST_HOSTS:-lsfaults}
export LOCKSTEP_PROGRAM=${LOCKSTEP_PROGRAM:-$repository/.build/release/lockstep}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

now() { echo $((${EPOCHREALTIME//[^0-9]/} / 1000)); }

# seconds MILLISECONDS: prints them with one decimal; nothing for nothing.
seconds() { [[ -z $1 ]] || printf '%d.%d' $((($1 + 50) / 1000)) $((($1 + 50) % 1000 / 100)); }

# Sets `work` to a new folder with a small file system `disk`, and switches the hosts on; all goes when the script ends.
set_up() {
    work=$(mktemp -d -t lf.XXXXXX) || fail "cannot make a temporary folder: set TMPDIR to one that can be written to"
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    mkdir "$work/disk"
    mount -t tmpfs -o size=64m tmpfs "$work/disk"
    "$test_hosts" up 3
    folder=$("$test_hosts" folder)
}

clean_up() {
    local pid
    "$test_hosts" down || true
    for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
    umount -l "$work/disk" 2>/dev/null || true
    rm -rf -- "$work"
}

# Further options of the training.
training=()

# start_run NAME OPTION…: starts the training in the run directory NAME, with these options of launch/cluster, in the
# background; sets `launcher`, `run` and `log`.
start_run() {
    run=$work/disk/$1 log=$work/$1.log
    local resume=()
    if [[ -e $run/manifest.json ]]; then resume=(--resume); fi
    : >>"$log"
    "$test_hosts" exec 1 env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1 \
        OMPI_MCA_plm_rsh_args="-F $folder/ssh_config" LOCKSTEP_MPIRUN_ARGS="--bind-to none --mca mpi_yield_when_idle 1" \
        "$repository/launch/cluster" "${@:2}" "$folder/hostfile" train fashion-mnist "${resume[@]}" --run-dir "$run" \
        --steps "$steps" --shards 3 --set 'model.hidden=[32]' --set evaluate.every=0 --set log.every=5 \
        --set "checkpoint.every=$every" --set checkpoint.keep=2 "${training[@]}" </dev/null >>"$log" 2>&1 &
    launcher=$!
}

# The step of the newest checkpoint; 0 if there is none.
newest_step() {
    local path step=0
    for path in "$run"/checkpoints/step-*; do
        if [[ $path =~ /step-([0-9]+)$ ]] && ((10#${BASH_REMATCH[1]} > step)); then step=$((10#${BASH_REMATCH[1]})); fi
    done
    echo "$step"
}

# The checksum of the final weights.
final_checksum() {
    sha256sum "$run/checkpoints/step-$(printf %08d "$steps")/model.safetensors" 2>/dev/null | cut -c 1-64
}

is_running() { kill -0 "$launcher" 2>/dev/null; }

# processes NAME: those of the test hosts whose command is NAME, a line each: PROCESS HOST. Only they are ever signaled.
processes() {
    local i pid
    for i in 1 2 3; do
        [[ -s $folder/pid-$i ]] || continue
        for pid in $(pgrep -x --ns "$(<"$folder/pid-$i")" --nslist pid -- "$1" || true); do echo "$pid $i"; done
    done
}

# victim NAME [first|remote]: sets `pid` and `host` to one of them, at random; fails if there is none.
victim() {
    local list
    list=$(processes "$1" | if [[ ${2:-} == remote ]]; then grep -v ' 1$'; else cat; fi | shuf -n 1)
    read -r pid host <<<"$list" || true
    [[ -n ${pid:-} ]]
}

# inject KIND: does it now, and sets `where`. What has to be mended is done by `mend`.
inject() {
    local pid='' host=''
    where='' mending=''
    case $1 in
    rank-killed) victim "$rank_name" && kill -KILL "$pid" && where="a rank of h$host" ;;
    rank-crashed) victim "$rank_name" && kill -SYS "$pid" && where="a rank of h$host" ;;
    rank-stopped) victim "$rank_name" && kill -STOP "$pid" && sleep 2 && kill -KILL "$pid" && where="a rank of h$host" ;;
    daemon-killed) victim orted && kill -KILL "$pid" && where="orted of h$host" ;;
    ssh-killed) victim ssh && kill -KILL "$pid" && where="ssh on h$host" ;;
    mpirun-killed) victim mpirun && kill -KILL "$pid" && where="mpirun" ;;
    power-cut)
        host=$((2 + RANDOM % 2))
        "$test_hosts" kill "$host" && where="h$host" mending="boot $host"
        ;;
    head-power-cut)
        "$test_hosts" kill 1 && where="h1, launcher included" mending="boot 1"
        ;;
    link-down)
        host=$((2 + RANDOM % 2))
        "$test_hosts" link "$host" down && where="h$host, for 20 s" mending="link $host up"
        ;;
    disk-full) (head -c 100000000 /dev/zero >"$work/disk/filler" 2>/dev/null || true) && where="the run directory, for 3 s" ;;
    *) fail "no fault is called '$1'" ;;
    esac
}

# The time at which the run recorded its first line since MILLISECONDS; nothing if it has not.
first_record() {
    local time
    time=$(awk -v from="$(date -u -d "@$(($1 / 1000)).$(printf %03d $(($1 % 1000)))" +%FT%T.%3NZ)" '
        /"event":"(step|resume)"/ && match($0, /"time":"[^"]*"/) {
            time = substr($0, RSTART + 8, RLENGTH - 9)
            if (time >= from) { print time; exit }
        }' "$run/metrics.jsonl" 2>/dev/null || true)
    [[ -z $time ]] || date -u -d "$time" +%s%3N
}

# fault KIND: injects it once the run has made a new checkpoint, waits until it trains again, mends what is broken, and
# sets `where`, `known` and `trained` (milliseconds after the fault; empty where that did not happen).
fault() {
    local kind=$1 injected failures_before line mended=false deadline
    known='' trained=''
    failures_before=$(grep -c ' failed: ' "$log" || true)
    injected=$(now)
    inject "$kind" || return 1
    deadline=$((injected + 90000))
    while (($(now) < deadline)); do
        if [[ -z $known ]] && (($(grep -c ' failed: ' "$log" || true) > failures_before)); then known=$(($(now) - injected)); fi
        if ! is_running; then
            if [[ $kind == head-power-cut && -z $known ]]; then
                # nobody is left to start it again, except from outside
                known=$(($(now) - injected))
                "$test_hosts" boot 1
                mended=true
                wait "$launcher" || true
                start_run "${run##*/}" "${options[@]}"
            else
                break
            fi
        fi
        case $kind in
        disk-full)
            if (($(now) > injected + 3000)) && [[ -e $work/disk/filler ]]; then rm -f -- "$work/disk/filler"; fi
            # it need not end the run: then nothing is known
            if [[ -z $known && ! -e $work/disk/filler ]] && (($(now) > injected + 5000)); then break; fi
            ;;
        esac
        if [[ -n $known ]]; then
            line=$(first_record $((injected + known)))
            if [[ -n $line ]]; then trained=$((line - injected)) && break; fi
        fi
        sleep 0.02
    done
    rm -f -- "$work/disk/filler"
    if [[ $kind == link-down ]]; then
        while (($(now) < injected + 20000)) && is_running; do sleep 0.1; done
    fi
    # shellcheck disable=SC2086 # two or three words
    if [[ -n $mending && $mended == false ]]; then "$test_hosts" $mending; fi
}
