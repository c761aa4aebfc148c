/// A picture to draw on, of RGB pixels. Coordinates are from 0, left and top, to 1, right and bottom.
public struct Canvas: Sendable {
    /// A color.
    public struct Color: Sendable {
        let red, green, blue: UInt8

        /// A color of these parts.
        public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
            (self.red, self.green, self.blue) = (red, green, blue)
        }

        /// Colors for what is drawn.
        public static let white = Color(255, 255, 255)
        public static let black = Color(30, 30, 30)
        public static let gray = Color(170, 170, 170)
        public static let blue = Color(52, 101, 164)
        public static let red = Color(204, 51, 51)
        public static let green = Color(60, 150, 70)
        public static let yellow = Color(237, 190, 50)
    }

    /// The size in pixels.
    public let width, height: Int
    /// Row by row, three bytes each.
    public private(set) var pixels: [UInt8]

    /// A white picture.
    public init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [UInt8](repeating: 255, count: width * height * 3)
    }

    /// Fills a rectangle.
    public mutating func fill(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>, _ color: Color) {
        forEachPixel(in: x, y) { _, _ in
            true
        } color: {
            color
        }
    }

    /// Fills a disc.
    public mutating func disc(_ x: Double, _ y: Double, radius: Double, _ color: Color) {
        forEachPixel(in: x - radius...x + radius, y - radius...y + radius) { column, row in
            (column - x) * (column - x) + (row - y) * (row - y) <= radius * radius
        } color: {
            color
        }
    }

    /// Draws a line of this width.
    public mutating func line(
        _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, width: Double = 0.02, _ color: Color
    ) {
        let (dx, dy, half) = (x1 - x0, y1 - y0, width / 2)
        let square = dx * dx + dy * dy
        forEachPixel(in: min(x0, x1) - half...max(x0, x1) + half, min(y0, y1) - half...max(y0, y1) + half) { x, y in
            let along = square > 0 ? (((x - x0) * dx + (y - y0) * dy) / square).clamped(to: 0...1) : 0
            let (nearX, nearY) = (x0 + along * dx - x, y0 + along * dy - y)
            return nearX * nearX + nearY * nearY <= half * half
        } color: {
            color
        }
    }

    /// Colors the pixels of a rectangle whose centers are part of a figure.
    private mutating func forEachPixel(
        in x: ClosedRange<Double>, _ y: ClosedRange<Double>, _ isInside: (Double, Double) -> Bool, color: () -> Color
    ) {
        guard x.lowerBound < 1, y.lowerBound < 1, x.upperBound > 0, y.upperBound > 0 else { return }
        func pixels(_ range: ClosedRange<Double>, _ size: Int) -> Range<Int> {
            let start = Int((range.lowerBound.clamped(to: 0...1) * Double(size)).rounded(.down))
            return start..<max(start, Int((range.upperBound.clamped(to: 0...1) * Double(size)).rounded(.up)))
        }
        let color = color()
        for row in pixels(y, height) {
            for column in pixels(x, width)
            where isInside((Double(column) + 0.5) / Double(width), (Double(row) + 0.5) / Double(height)) {
                let place = (row * width + column) * 3
                (self.pixels[place], self.pixels[place + 1], self.pixels[place + 2]) = (
                    color.red, color.green, color.blue
                )
            }
        }
    }
}
