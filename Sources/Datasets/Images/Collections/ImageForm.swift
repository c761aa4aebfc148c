/// The size in which images are kept, and the size in which a model takes them.
///
/// An image is resized once, to its kept size; crops and other changes are of that one. So a folder, its images in memory and a
/// packed file give the same bytes.
public struct ImageForm: Codable, Sendable, Equatable {
    /// How an image gets the sides of the others.
    public enum Fit: String, Codable, Sendable, CaseIterable {
        /// Resized with its sides' ratio, so that it just covers the kept size; a part is taken of it.
        case crop
        /// Resized to the kept size, whatever its sides' ratio.
        case stretch
    }

    /// The sides that a model takes.
    public var height, width: Int
    /// 1 for gray, 3 for RGB.
    public var channels: Int
    /// The sides that a kept image covers, at least `height` and `width`.
    public var keptHeight, keptWidth: Int
    /// How an image gets there.
    public var fit: Fit

    /// Images of this size, of which kept ones cover `kept`.
    public init(height: Int, width: Int, channels: Int, kept: (height: Int, width: Int), fit: Fit = .crop) {
        (self.height, self.width, self.channels, self.fit) = (height, width, channels, fit)
        (keptHeight, keptWidth) = (max(height, kept.height), max(width, kept.width))
    }

    /// The most pixels along a side.
    public static let longest = 8192

    /// Whether all numbers are possible ones, of a file that may have been edited.
    public var isValid: Bool {
        (channels == 1 || channels == 3) && (1...Self.longest).contains(height) && (1...Self.longest).contains(width)
            && (height...Self.longest).contains(keptHeight) && (width...Self.longest).contains(keptWidth)
    }

    /// A long image keeps at most so many times the length that it has to cover.
    private static let mostCovers = 8

    /// The size that an image of this size is kept in.
    func keptSize(height: Int, width: Int) -> (height: Int, width: Int) {
        guard fit == .crop else { return (keptHeight, keptWidth) }
        // the side that is shorter, in units of what it has to cover, gets just that length; the other is rounded down, as torchvision's
        if height * keptWidth <= width * keptHeight {
            return (keptHeight, min(max(keptWidth, width * keptHeight / height), Self.mostCovers * keptWidth))
        }
        return (min(max(keptHeight, height * keptWidth / width), Self.mostCovers * keptHeight), keptWidth)
    }

    /// The image in a file, as it is kept.
    public func kept(_ file: ImageFile) throws(DatasetError) -> PixelImage {
        let size = keptSize(height: file.height, width: file.width)
        return try file.decoded(channels: channels, atLeast: size).resized(height: size.height, width: size.width)
    }

    /// The middle of a kept image, of the size that a model takes.
    func middle(_ area: PixelArea) -> PixelArea {
        part(of: area, down: (area.height - height) / 2, right: (area.width - width) / 2)
    }

    /// The part of that size at these rows and columns.
    func part(of area: PixelArea, down: Int, right: Int) -> PixelArea {
        area.part(top: down, left: right, height: height, width: width)
    }
}
