extension LabeledImages {
    /// The gray images and the labels of a pair of IDX files, plain or compressed with gzip.
    ///
    /// The file of images must have the dimensions [n, height, width], that of labels [n].
    public static func idx(
        images imagePath: String, labels labelPath: String, classes: Int, mean: Float = 0, deviation: Float = 1,
        layout: Layout = .vectors
    ) throws(DatasetError) -> LabeledImages {
        try idx(
            try IDXFile(path: imagePath, rank: 3), of: imagePath, labels: try IDXFile(path: labelPath, rank: 1),
            of: labelPath, classes: classes, mean: mean, deviation: deviation, layout: layout)
    }

    static func idx(
        _ images: IDXFile, of imagePath: String, labels: IDXFile, of labelPath: String, classes: Int, mean: Float,
        deviation: Float, layout: Layout
    ) throws(DatasetError) -> LabeledImages {
        guard images.shape[0] == labels.shape[0] else {
            throw .countMismatch(
                images: imagePath, imageCount: images.shape[0], labels: labelPath, labelCount: labels.shape[0])
        }
        guard images.shape.allSatisfy({ $0 > 0 }) else {
            throw .unusable(
                path: imagePath, found: "the dimensions \(images.shape)",
                expected: "at least one image with at least one pixel")
        }
        return try LabeledImages(
            pixels: images.elements, height: images.shape[1], width: images.shape[2], labels: labels.elements,
            classes: classes, mean: mean, deviation: deviation, layout: layout, source: labelPath)
    }
}
