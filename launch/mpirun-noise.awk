# Drops what mpirun adds when a program has already said what is wrong: its text about a non-zero exit status and about
# MPI_ABORT. Everything else passes, such as "exited on signal 9" or "not enough slots".
/^-+$/ && length($0) > 60 {
    if (!inside) { inside = 1; text = $0; drop = 0; next }
    if (!drop) { print text "\n" $0; fflush() }
    inside = 0
    next
}
inside {
    text = text "\n" $0
    if (/^Primary job +terminated normally|exited with non-zero status|^MPI_ABORT was invoked/) drop = 1
    next
}
/ORTE_ERROR_LOG.*show_help\.c/ || /^$/ { next }
{ print; fflush() }
END { if (inside) print text }
