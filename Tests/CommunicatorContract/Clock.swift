import Glibc

/// Does nothing for a while.
func rest(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// The time on a clock that all processes of a host share.
func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
