"""``voldesk positions``: what the account holds."""

from voldesk.app.commands.options import Config, JsonLines, Url


def positions(url: Url = None, config: Config = None, is_json: JsonLines = False) -> None:
    """Print what is held by a voldesk that is running, and how it stands."""
    from voldesk.app.order_commands import list_positions
    from voldesk.app.remote import Remote
    from voldesk.app.settings import load_settings

    list_positions(Remote(load_settings(config=config), url), is_json=is_json)
