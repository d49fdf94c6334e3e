"""All pages. Importing this module registers each of them."""

# ruff: noqa: F401 - a page registers itself when it is imported

import onetime.web.billing.page
import onetime.web.cards.page
import onetime.web.chargers.board.page
import onetime.web.chargers.console.page
import onetime.web.chargers.files.page
import onetime.web.chargers.limits.page
import onetime.web.chargers.log.page
import onetime.web.chargers.operations.page
import onetime.web.chargers.overview.page
import onetime.web.chargers.security.page
import onetime.web.chargers.settings.page
import onetime.web.people.access.page
import onetime.web.people.account.page
import onetime.web.people.login
import onetime.web.people.setup
import onetime.web.reviews.inbox.page
import onetime.web.reviews.item.page
import onetime.web.sessions.page
import onetime.web.site.more
import onetime.web.site.not_found
