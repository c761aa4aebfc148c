# shellcheck shell=bash
# Threads and cores of the ranks; sourced by common.sh.

# choose_threads ARGS…: sets `threads`, and `threads_given` to their source: the setting `threads`, in --set, a settings
# file or the run that is resumed, then OMP_NUM_THREADS, then Slurm's --cpus-per-task; else it is empty, and they are 1.
choose_threads() {
    local word previous='' found='' file='' source='' resumes=false command=${1:-}
    for word in "$@"; do
        case $word in
        --resume) resumes=true ;;
        threads=*) [[ $previous != --set ]] || { found=${word#*=} && source="--set $word"; } ;;
        --set=threads=*) found=${word#--set=threads=} source=$word ;;
        --run-dir=*) word=${word#*=} ;;
        esac
        if [[ $word == *.yaml && -f $word ]]; then file=$word; fi
        if [[ -f $word/settings.yaml ]]; then file=$word/settings.yaml; fi
        previous=$word
    done
    # a new run does not read the settings that lie in its directory
    if [[ $command == train && $resumes == false && $file == */settings.yaml && " $* " != *" $file "* ]]; then file=; fi
    if [[ -z $source && -n $file ]]; then
        found=$(sed -n 's/^threads:[[:space:]]*\([0-9]*\).*/\1/p' "$file" | head -n 1)
        source=$file
        [[ -n $found ]] || source=
    fi
    if [[ $found == 0 ]]; then found='' source=''; fi # automatic
    if [[ -z $source && -n ${OMP_NUM_THREADS:-} ]]; then
        found=${OMP_NUM_THREADS%%,*} # of a list the first: the others are for regions within regions
        found=${found//[[:space:]]/}
        source=OMP_NUM_THREADS
    fi
    if [[ -z $source && -n ${SLURM_CPUS_PER_TASK:-} ]]; then
        found=$SLURM_CPUS_PER_TASK
        source=SLURM_CPUS_PER_TASK
    fi
    threads=${found:-1}
    if ! is_count "$threads" || ((threads < 1 || threads > 1024)); then
        fail "the threads of a rank must be a whole number from 1 to 1024, and $source says '$threads'"
    fi
    threads_given=$source
    if [[ -n ${OMP_NUM_THREADS:-} && $OMP_NUM_THREADS != "$threads" && $source != OMP_NUM_THREADS ]]; then
        echo "${0##*/}: each rank has $threads threads, as $source says; OMP_NUM_THREADS=$OMP_NUM_THREADS does not count" >&2
    fi
}

# choose_placement MOST CORES: sets `placement` for hosts of CORES cores with at most MOST ranks each.
choose_placement() {
    local most=$1 cores=$2
    if ((most * threads > cores)); then
        # Waiting ranks must yield their core to computing ones.
        placement=(--bind-to none --mca mpi_yield_when_idle 1)
    elif ((threads > 1)); then
        placement=(--map-by "slot:PE=$threads" --bind-to core)
    else
        placement=(--bind-to core:if-supported)
    fi
}
