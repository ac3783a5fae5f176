import DigitalKey

/// Shows a view that the flow machine of the linked library makes.
@main
struct Trial {
    static func main() {
        for canned in cannedViews() where canned.name == "overview-untracked" {
            print("\(canned.view.pageName): \(canned.view.keyState)")
        }
    }
}
