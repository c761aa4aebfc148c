import CKernels
import COneDNN
import Preconditions
import Synchronization

/// The numerical library underneath, as a whole.
public enum KernelLibrary {
    /// Its name and version, as loaded.
    public static var version: String {
        let version = dnnl_version().pointee
        return "oneDNN \(version.major).\(version.minor).\(version.patch)"
    }

    /// Sets how many threads each operation that the calling thread starts may use. At least 1.
    public static func useThreads(_ count: Int) {
        require(count >= 1, "KernelLibrary: at least 1 thread is needed, found \(count)")
        _ = OneDNN.engine  // loads the OpenMP runtime
        _ = lockstep_set_openmp_threads(Int32(count))
        usesTiles.store(tilesPay(threads: count), ordering: .relaxed)
    }

    private static func tilesPay(threads: Int) -> Bool { threads == 1 && lockstep_product_is_fast() != 0 }

    /// Whether matrix products may be computed by our own tiles: for one thread, on a core with AVX2 and without AVX-512.
    static var mayUseTiles: Bool { usesTiles.load(ordering: .relaxed) }
    /// At first as OMP_NUM_THREADS says, so that a program that never sets the threads computes the same bits.
    private static let usesTiles = {
        _ = OneDNN.engine
        return Atomic(tilesPay(threads: Int(lockstep_openmp_threads())))
    }()
}
