"""A sign-out with a cache of one's own (GEN-5)."""

import tempfile
import unittest
from pathlib import Path

from alone import run
from file_cache import FileCache

# Begins a sign-out, and ends like a killed process before the loop can run `erase_all`.
SIGN_OUT_AND_DIE = """
    import os
    import sys
    from pathlib import Path
    from file_cache import FileCache

    async def main():
        use_event_loop()
        cache = FileCache(Path({folder!r}))
        app = make(cache=cache, mark={mark})
        app.start(None)
        await open_welcome(app)
        await app.idle()
        if {suspended}:
            await app.suspend()
        print(*cache.vehicles(), flush=True)
        app.begin_sign_out()
        os._exit(0)

    asyncio.run(main())
    """


class ProcessThatDies(unittest.TestCase):
    def vehicles_afterwards(self, mark: str, suspended: bool = False) -> list[str]:
        """Returns the vehicles that the cache has when it is opened again."""
        with tempfile.TemporaryDirectory() as folder:
            program = SIGN_OUT_AND_DIE.format(folder=folder, mark=mark, suspended=suspended)
            ended = run(program)
            self.assertEqual((ended.returncode, ended.stdout), (0, "WBADKEY0000000001\n"), ended.stderr)
            return FileCache(Path(folder)).vehicles()

    def test_the_mark_erases_the_account_at_the_next_opening(self) -> None:
        for suspended in (False, True):
            self.assertEqual(self.vehicles_afterwards("cache", suspended), [])

    def test_without_a_mark_the_account_returns(self) -> None:
        self.assertEqual(self.vehicles_afterwards("None"), ["WBADKEY0000000001"])

    def test_a_mark_that_throws_does_not_stop_the_sign_out(self) -> None:
        ended = run("""
            class Broken(ErasureMark):
                def leave(self):
                    raise ValueError("a secret")

            async def main():
                use_event_loop()
                app = make(mark=Broken())
                app.start(None)
                await open_welcome(app)
                await app.sign_out()
                print(app.view().vehicle)

            asyncio.run(main())
            """)
        self.assertEqual((ended.returncode, ended.stdout), (0, "None\n"), ended.stderr)
        self.assertIn("ErasureMark.leave failed: ValueError", ended.stderr)
        self.assertNotIn("a secret", ended.stderr)


if __name__ == "__main__":
    unittest.main()
