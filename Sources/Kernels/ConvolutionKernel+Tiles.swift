import CKernels

/// Convolutions by our own tiles, where these are known to be the faster ones: 3×3×16…64 with AVX2 run at 66 to 96 GFLOP/s of
/// 102, oneDNN 2.6 at 45 to 80.
extension ConvolutionGeometry {
    /// Whether the convolution itself goes by tiles.
    var goesByTiles: Bool { weightGradientGoesByTiles && inputs % 16 == 0 }

    /// Whether the gradient of the weights does.
    var weightGradientGoesByTiles: Bool {
        let taps = kernel.height * kernel.width
        return KernelLibrary.mayUseTiles && taps > 1 && dilation == 1 && groups == 1 && outputs % 16 == 0
            && taps * inputs * outputs <= 1 << 16
    }

    /// Whether the gradient of the input does, which is a convolution only where the stride is 1.
    var goesBackByTiles: Bool {
        goesByTiles && stride == 1 && padding.height < kernel.height && padding.width < kernel.width
    }

    /// Calls `body` with the shape for CKernels and memory to work in, both for the length of the call.
    func withTiles(_ body: (UnsafePointer<lockstep_convolution_shape>, UnsafeMutablePointer<Float>) -> Void) {
        var shape = lockstep_convolution_shape(
            batch: batch, height: image.height, width: image.width, inputs: inputs, kernel_height: kernel.height,
            kernel_width: kernel.width, outputs: outputs, stride_height: stride.height, stride_width: stride.width,
            padding_height: padding.height, padding_width: padding.width, out_height: output.height,
            out_width: output.width)
        let scratch = Buffer(count: lockstep_convolution_scratch(&shape))
        body(&shape, scratch.pointer)
    }
}
