import CKernels
import Kernels
import Testing

@Suite("Convolutions by tiles")
struct TileConvolutionTests {
    struct Size: CustomTestStringConvertible, Sendable {
        let image: (Int, Int), kernel: (Int, Int), channels: (Int, Int), stride: Int, padding: Int
        var testDescription: String {
            "\(image), kernel \(kernel), channels \(channels), stride \(stride), padding \(padding)"
        }
    }

    static let sizes = [
        Size(image: (7, 9), kernel: (3, 3), channels: (16, 32), stride: 1, padding: 1),
        Size(image: (8, 8), kernel: (3, 2), channels: (48, 16), stride: 1, padding: 1),
        Size(image: (9, 9), kernel: (3, 3), channels: (16, 48), stride: 2, padding: 1),
        Size(image: (6, 6), kernel: (5, 5), channels: (32, 16), stride: 1, padding: 2),
        Size(image: (5, 14), kernel: (2, 3), channels: (16, 16), stride: 1, padding: 0),
        Size(image: (8, 7), kernel: (3, 3), channels: (1, 32), stride: 1, padding: 0),
        Size(image: (6, 9), kernel: (3, 3), channels: (3, 16), stride: 2, padding: 1),
    ]

    @Test("They and their gradients are the sums of products that define them", arguments: sizes)
    func agreeWithSums(size: Size) {
        let (height, width) = size.image
        let (kh, kw) = size.kernel
        let (inputs, outputs) = size.channels
        let batch = 2
        let (outHeight, outWidth) = (
            (height + 2 * size.padding - kh) / size.stride + 1, (width + 2 * size.padding - kw) / size.stride + 1
        )
        var shape = lockstep_convolution_shape(
            batch: batch, height: height, width: width, inputs: inputs, kernel_height: kh, kernel_width: kw,
            outputs: outputs, stride_height: size.stride, stride_width: size.stride, padding_height: size.padding,
            padding_width: size.padding, out_height: outHeight, out_width: outWidth)
        let x = numbers(batch * height * width * inputs, seed: 3)
        let w = numbers(kh * kw * inputs * outputs, seed: 5)
        let bias = numbers(outputs, seed: 7)
        let cotangent = numbers(batch * outHeight * outWidth * outputs, seed: 9)
        var (y, dx, dw) = (
            [Double](repeating: 0, count: cotangent.count), [Double](repeating: 0, count: x.count),
            [Double](repeating: 0, count: w.count)
        )
        for n in 0..<batch {
            for i in 0..<outHeight {
                for j in 0..<outWidth {
                    let out = ((n * outHeight + i) * outWidth + j) * outputs
                    for a in 0..<kh {
                        for b in 0..<kw {
                            let (row, column) = (i * size.stride + a - size.padding, j * size.stride + b - size.padding)
                            guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                            let place = ((n * height + row) * width + column) * inputs
                            for c in 0..<inputs {
                                let tap = ((a * kw + b) * inputs + c) * outputs
                                for o in 0..<outputs {
                                    y[out + o] += Double(x[place + c]) * Double(w[tap + o])
                                    dx[place + c] += Double(cotangent[out + o]) * Double(w[tap + o])
                                    dw[tap + o] += Double(x[place + c]) * Double(cotangent[out + o])
                                }
                            }
                        }
                    }
                }
            }
        }
        let scratch = Buffer(count: lockstep_convolution_scratch(&shape))
        let found = Buffer(repeating: .nan, count: y.count)
        lockstep_convolution(&shape, x, w, nil, 0, found.pointer, scratch.pointer)
        #expect(distance(found, y) < 1e-4)
        lockstep_convolution(&shape, x, w, bias, 1, found.pointer, scratch.pointer)
        #expect(distance(found, y.indices.map { max(0, y[$0] + Double(bias[$0 % outputs])) }) < 1e-4)
        let weights = Buffer(repeating: .nan, count: w.count)
        lockstep_convolution_weight_gradient(&shape, cotangent, x, weights.pointer, scratch.pointer)
        #expect(distance(weights, dw) < 1e-4)
        if size.stride == 1 && inputs % 16 == 0 {
            let input = Buffer(repeating: .nan, count: x.count)
            lockstep_convolution_input_gradient(&shape, cotangent, w, input.pointer, scratch.pointer)
            #expect(distance(input, dx) < 1e-4)
        }
    }

    private func distance(_ found: Buffer, _ expected: [Double]) -> Double {
        zip(found.elements, expected).map { $0.isNaN ? .infinity : abs(Double($0) - $1) }.max() ?? 0
    }

    private func numbers(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 2003) / 2003 - 0.5 }
    }
}
