"""The canned views, for snapshot tests of a client."""

import unittest

from digital_key import PageView, Tap, canned_views


class CannedViews(unittest.TestCase):
    def test_each_view_has_a_name_and_a_page(self) -> None:
        views = {canned.name: canned.view for canned in canned_views()}
        self.assertEqual(len(views), len(canned_views()))
        self.assertEqual(len({view.page_name for view in views.values()}), 17)
        overview = views["overview-untracked"]
        self.assertTrue(isinstance(overview.page, PageView.OVERVIEW))
        self.assertTrue(overview.page.card.cannot_unlock)
        self.assertIn(Tap.CARD_ACTION, overview.offers)
