/// A closed track in the plane: a center line and the borders beside it, as polygons.
struct Track: Sendable {
    /// A point, in meters.
    typealias Point = SIMD2<Double>

    /// Corners of the center line, against the clock, and of the borders to its left and right.
    let center, left, right: [Point]
    /// Half of the track's width.
    let halfWidth: Double

    /// The track r(θ) = 30 · (1 + 0.25·cos 2θ + 0.12·sin 3θ) meters around the origin.
    init(points: Int = 128, halfWidth: Double = 4) {
        func point(_ index: Int) -> Point {
            let angle = 2 * .pi * Double(index) / Double(points)
            return 30 * (1 + 0.25 * cosine(2 * angle) + 0.12 * sine(3 * angle)) * Point(cosine(angle), sine(angle))
        }
        center = (0..<points).map(point)
        let normals = (0..<points).map { index in
            let along = point(index + 1) - point(index - 1)
            return Point(-along.y, along.x) / length(along)
        }
        left = (0..<points).map { point($0) + halfWidth * normals[$0] }
        right = (0..<points).map { point($0) - halfWidth * normals[$0] }
        self.halfWidth = halfWidth
    }

    /// The index of a corner, for any integer.
    private func corner(_ index: Int) -> Int { ((index % center.count) + center.count) % center.count }

    /// The corner `index` of the center line.
    subscript(index: Int) -> Point { center[corner(index)] }

    /// The direction of the center line behind the corner `index`, in radians.
    func direction(_ index: Int) -> Double {
        let along = self[index + 1] - self[index]
        return arcTangent(along.y, along.x)
    }

    /// Where a point lies, near the segment `near`: the segment, the part of it, and the distance to its left.
    func locate(_ point: Point, near segment: Int) -> (segment: Int, part: Double, offset: Double) {
        var (best, nearest) = ((segment, 0.0, 0.0), Double.infinity)
        for index in segment - 3...segment + 6 {
            let (start, along) = (self[index], self[index + 1] - self[index])
            let part = (dot(point - start, along) / dot(along, along)).clamped(to: 0...1)
            let beside = point - start - part * along
            let distance = dot(beside, beside)
            if distance < nearest {
                let side = along.x * beside.y - along.y * beside.x
                (best, nearest) = ((corner(index), part, distance.squareRoot() * (side < 0 ? -1 : 1)), distance)
            }
        }
        return best
    }

    /// The meters from `start` to `end`, each a segment and a part of it, along the center line.
    func distance(from start: (segment: Int, part: Double), to end: (segment: Int, part: Double)) -> Double {
        func segmentLength(_ index: Int) -> Double { length(self[index + 1] - self[index]) }
        var steps = corner(end.segment - start.segment)
        if steps > center.count / 2 { steps -= center.count }
        let between =
            steps >= 0
            ? (0..<steps).map { segmentLength(start.segment + $0) }.reduce(0, +)
            : -(steps..<0).map { segmentLength(start.segment + $0) }.reduce(0, +)
        return between + end.part * segmentLength(end.segment) - start.part * segmentLength(start.segment)
    }

    /// The meters from `point` in a direction to the border, at most `limit`, near the segment `near`.
    func range(_ point: Point, direction: Double, near segment: Int, limit: Double) -> Double {
        let ray = Point(cosine(direction), sine(direction))
        var nearest = limit
        for index in segment - 20...segment + 20 {
            let (a, b) = (corner(index), corner(index + 1))
            for border in [left, right] {
                // point + t·ray = start + u·along
                let (start, along) = (border[a] - point, border[b] - border[a])
                let cross = ray.x * along.y - ray.y * along.x
                if cross == 0 { continue }
                let t = (start.x * along.y - start.y * along.x) / cross
                let u = (start.x * ray.y - start.y * ray.x) / cross
                if t >= 0, t < nearest, (0...1).contains(u) { nearest = t }
            }
        }
        return nearest
    }
}

func dot(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.x + a.y * b.y }
func length(_ a: SIMD2<Double>) -> Double { dot(a, a).squareRoot() }
