/// Aligns cells that end in tabs, as Go's text/tabwriter does: a column is as wide as its widest cell among the lines
/// that follow each other and have it.
enum ElasticTabs {
    static func align(_ text: String, padding: Int = 2) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map { Terminal.escaped(String($0)) } }
        var widths = lines.map { [Int](repeating: 0, count: $0.count - 1) }
        measure(lines, &widths, 0..<lines.count, column: 0, padding)
        return zip(lines, widths).map(line).joined(separator: "\n")
    }

    private static func measure(
        _ lines: [[String]], _ widths: inout [[Int]], _ range: Range<Int>, column: Int, _ padding: Int
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            guard lines[start].count - 1 > column else {
                start += 1
                continue
            }
            var end = start
            var width = 0
            while end < range.upperBound, lines[end].count - 1 > column {
                width = max(width, lines[end][column].count + padding)
                end += 1
            }
            for index in start..<end { widths[index][column] = width }
            measure(lines, &widths, start..<end, column: column + 1, padding)
            start = end
        }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            text += cell
            if index < widths.count { text += String(repeating: " ", count: max(0, widths[index] - cell.count)) }
        }
        return text
    }
}
