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

    /// The threads that an operation which the calling thread starts may use, as of now.
    public static var threads: Int {
        _ = OneDNN.engine  // loads the OpenMP runtime
        return max(1, Int(lockstep_openmp_threads()))
    }

    /// The instruction set that the kernels use on this processor.
    public static var instructionSet: String {
        switch lockstep_instruction_level() {
        case 4: "x86-64-v4 (AVX-512)"
        case 3: "x86-64-v3 (AVX2)"
        case 1: "x86-64"
        default: "the processor's own"
        }
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
