import Objects

extension Strategy {
    static let service = Strategy(createsOnUpdate: true, initialStatus: { _, _ in ["loadBalancer": [:]] })
}
