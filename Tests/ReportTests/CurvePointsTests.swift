import Report
import Testing

@Suite("The points of a curve")
struct CurvePointsTests {
    @Test("are thinned without losing a peak")
    func thinned() {
        var points = (0..<10_000).map { (x: Double($0), y: 1.0) }
        points[1234].y = 9
        points[7777].y = -9
        let thinned = CurvePoints(points: points).thinned.points
        #expect(thinned.count <= 400)
        #expect(thinned.map(\.y).max() == 9 && thinned.map(\.y).min() == -9)
        #expect(zip(thinned, thinned.dropFirst()).allSatisfy { $0.x <= $1.x })
    }

    @Test("are smoothed by means of neighbors, which keep a straight line and its beginning")
    func smoothed() throws {
        let line = (0..<120).map { (x: Double($0), y: 2 * Double($0)) }
        let smooth = try #require(CurvePoints(points: line).smoothed).points
        #expect(smooth.dropLast(2).map(\.y) == line.dropLast(2).map(\.y))
        // of the last point that of itself and the two before
        #expect(smooth.last?.y == 236)
        var peak = line.map { (x: $0.x, y: 0.0) }
        peak[60].y = 5
        // 120 points: two neighbors on either side
        #expect(try #require(CurvePoints(points: peak).smoothed).points[57...63].map(\.y) == [0, 1, 1, 1, 1, 1, 0])
        #expect(CurvePoints(points: Array(line.prefix(59))).smoothed == nil)
    }
}
