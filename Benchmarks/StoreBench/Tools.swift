import Glibc

func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Of all threads, user and system, in nanoseconds.
func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// A semaphore between two threads.
final class Turn: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>
    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }
    func pass() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}

/// The least that a durable write can cost here: one block into a zero-filled file, one fdatasync.
final class RawFile {
    private let descriptor: Int32
    private let block = UnsafeMutableRawPointer.allocate(byteCount: 4_096, alignment: 4_096)

    init(_ path: String) throws {
        unlink(path)
        descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: 4_096)
        for index in 0..<4_096 { pwrite(descriptor, block, 4_096, off_t(index * 4_096)) }
        fsync(descriptor)
        block.initializeMemory(as: UInt8.self, repeating: 1, count: 4_096)
    }

    func writeAndSync(_ index: Int) {
        pwrite(descriptor, block, 4_096, off_t(index % 4_096 * 4_096))
        fdatasync(descriptor)
    }
}

/// Times in steps of 1/16 of their size, so that measuring a million of them takes no memory.
struct Histogram {
    private var counts = [Int](repeating: 0, count: 64 * 16)
    private(set) var maximum: Int64 = 0
    private var total = 0

    mutating func add(_ time: Int64) {
        counts[Self.place(time)] += 1
        total += 1
        maximum = max(maximum, time)
    }

    func percentile(_ percent: Int) -> Int64 {
        var rest = total * percent / 100
        for (place, count) in counts.enumerated() {
            rest -= count
            if rest < 0 { return Self.time(place) }
        }
        return maximum
    }

    private static func place(_ time: Int64) -> Int {
        let time = max(16, time)
        let exponent = 63 - time.leadingZeroBitCount
        return exponent * 16 + Int(time >> (exponent - 4) & 15)
    }

    private static func time(_ place: Int) -> Int64 { Int64(16 + place % 16) << Int64(place / 16 - 4) }
}

func percentile(_ values: [Int64], _ percent: Int) -> Int64 {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
}

func microseconds(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1_000) us" }
func seconds(_ nanoseconds: Int64) -> String { "\(nanoseconds / 1_000_000) ms" }
func ratio(_ a: Int64, _ b: Int64) -> String { "\(Double(a * 100 / max(b, 1)) / 100)" }

func report(_ name: String, _ values: [Int64]) {
    print("\(name): p50 \(microseconds(percentile(values, 50))), p99 \(microseconds(percentile(values, 99)))")
}

/// Memory that is the process's own, as the kernel counts it.
func memory() -> String {
    guard let file = fopen("/proc/self/status", "r") else { return "" }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    var found: [String] = []
    while getline(&line, &capacity, file) > 0 {
        guard let line else { break }
        let text = String(cString: line)
        if text.hasPrefix("RssAnon") || text.hasPrefix("RssShmem") || text.hasPrefix("VmHWM") {
            found.append(text.split(whereSeparator: \.isWhitespace).prefix(2).joined(separator: " "))
        }
    }
    free(line)
    return found.joined(separator: " kB, ") + " kB"
}

func shell(_ command: String) -> String {
    guard let pipe = popen(command, "r") else { return "" }
    defer { pclose(pipe) }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = fread(&buffer, 1, buffer.count, pipe)
    return String(decoding: buffer[..<count], as: UTF8.self)
}

func removeTree(_ path: String) { _ = shell("rm -rf '\(path)'") }
