import COpenMPI

/// The MPI library that this program uses.
public enum MPILibrary {
    /// Its name and version, such as `Open MPI v4.1.4`; also before MPI is initialized (MPI 3.1, section 8.1.1).
    public static var version: String {
        var buffer = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING) + 1)
        var length: Int32 = 0
        guard MPI_Get_library_version(&buffer, &length) == MPI_SUCCESS else { return "unknown" }
        // "Open MPI v4.1.4, package: …, ident: …": the first item says it
        return String(string(buffer, length).prefix { $0 != "," && $0 != "\n" })
    }
}
