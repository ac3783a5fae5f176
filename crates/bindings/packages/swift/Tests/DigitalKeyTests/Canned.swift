import DigitalKey

/// The canned views, for snapshot tests of a client.
@MainActor
let canned: [Test] = [
    Test("a canned view of each page") { _ in
        let views = Dictionary(uniqueKeysWithValues: cannedViews().map { ($0.name, $0.view) })
        guard Set(views.values.map(\.pageName)).count == 17, let overview = views["overview-untracked"],
            case .overview(let card, _) = overview.page, card.cannotUnlock,
            overview.offers.contains(.cardAction)
        else {
            throw WrongViews(names: views.keys.sorted())
        }
    },
]

struct WrongViews: Error {
    let names: [String]
}
