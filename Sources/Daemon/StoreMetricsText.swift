import Store

/// The engine's own figures, in Prometheus' text format.
enum StoreMetricsText {
    static func text(_ engine: LocalEngine) -> String {
        let space = engine.space
        let scrub = engine.scrub
        let gauges: [(String, String, Int64)] = [
            ("berth_store_live_bytes", "Key and value bytes of all revisions that can be read.", space.liveBytes),
            ("berth_store_quota_bytes", "Most live bytes; 0: no quota.", space.quotaBytes),
            ("berth_store_disk_free_bytes", "What the file system still gives to the daemon.", space.freeBytes),
            ("berth_store_disk_reserve", "1: the reserve for a full disk is there.", space.hasReserve ? 1 : 0),
            ("berth_store_out_of_space", "1: growth is refused, by quota or disk.", space.shortage == nil ? 0 : 1),
            (
                "berth_store_scrub_records", "Records that the present or last pass of the scrub has read.",
                scrub.records
            ),
            ("berth_store_scrub_bytes", "Bytes of them.", scrub.bytes),
            (
                "berth_store_scrub_finished_timestamp_seconds", "When the last whole pass ended; 0: none has.",
                scrub.finishedNanoseconds / 1_000_000_000
            ),
        ]
        var text = ""
        for (name, help, value) in gauges { text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n" }
        text += "# HELP berth_store_scrub_passes_total Whole passes of the scrub since the start.\n"
        return text + "# TYPE berth_store_scrub_passes_total counter\nberth_store_scrub_passes_total \(scrub.passes)\n"
    }
}
