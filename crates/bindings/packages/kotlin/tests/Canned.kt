package digitalkey.test

import digitalkey.*

/** The canned views, for snapshot tests of a client. */
val canned: List<Test> =
    listOf(
        Test("a canned view of each page") {
            val views = cannedViews().associate { it.name to it.view }
            check(views.size == cannedViews().size)
            check(views.values.map { it.pageName }.toSet().size == 17) { "${views.keys}" }
            val overview = views.getValue("overview-untracked")
            check((overview.page as PageView.Overview).card.cannotUnlock)
            check(Tap.CARD_ACTION in overview.offers)
        }
    )
