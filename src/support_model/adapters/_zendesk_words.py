"""The words of Zendesk: what its statuses, priorities, roles, channels and kinds of events mean.

Sources: Ticket Audit events reference, Via object, Tickets, Ticket Metrics and Ticket Metric
Events, https://developer.zendesk.com.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._vocabulary import Category, Priority, Role, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

VENDOR = "zendesk"
SYSTEM = "-1"
"""The author of what triggers, automations and the product itself do."""

CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        "new": "new",
        "open": "open",
        "pending": "pending",
        "hold": "on_hold",
        "solved": "solved",
        "closed": "closed",
        "deleted": "void",
        "archived": "closed",
        "scrubbed": "void",
    }
)
"""What the system statuses mean; `status_category` of a custom status is one of them."""
STATUSES = MappingProxyType({name: Status(name, is_) for name, is_ in CATEGORIES.items()})
NEW, DELETED = STATUSES["new"], STATUSES["deleted"]
MERGED, SPAM = Status("merged", "void"), Status("spam", "void")
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        name: Priority(name, rank)
        for rank, name in enumerate(("urgent", "high", "normal", "low"), 1)
    }
)
ROLES: Mapping[str, Role] = MappingProxyType(
    {"end-user": "customer", "agent": "agent", "admin": "agent"}
)
"""What the role of a user means; a light agent is an agent."""
AUTOMATIC = frozenset({"system", "bot", "trigger"})
"""Kinds of speakers in a conversation that are no people."""
BOTS = frozenset({"zd:answerBot", "zd:surveys", "ultimate"})
"""Where the words of bots in a conversation come from."""
RULES = MappingProxyType({"rule revision": "rule", "rule_revision": "rule", "rule": "rule"})
"""Channels of triggers and automations."""
BOT_CHANNELS = ("answer_bot", "automatic_solution_suggestions")

_CHANNELS = {
    "email": ("mail",),
    "web": ("web form", "web_form", "web_widget", "web widget", "closed ticket", "lotus"),
    "api": ("web service", "web_service"),
    "phone": (
        *("voice", "voicemail", "phone_call_inbound", "phone_call_outbound"),
        *("api_phone_call_inbound", "api_phone_call_outbound", "api_voicemail"),
        *("voice_inbound", "voice_outbound", "phone call (incoming)", "phone call (outbound)"),
    ),
    "chat": ("chat_transcript", "chat_offline_message"),
    "messaging": (
        *("native_messaging", "native messaging", "mobile_sdk", "mobile sdk", "whatsapp", "line"),
        *("wechat", "viber", "telegram", "sunshine_conversations_api"),
    ),
    "social": (
        *("twitter_dm", "twitter_favorite", "twitter", "facebook", "facebook_post"),
        *("facebook_message", "instagram_dm", "sunshine_conversations_facebook_messenger"),
        "sunshine_conversations_twitter_dm",
    ),
}
CHANNELS: Mapping[str, str] = MappingProxyType(
    {native: name for name, natives in _CHANNELS.items() for native in natives}
)

NAMED = MappingProxyType(
    {
        "type": "type",
        "assignee_id": "agent",
        "requester_id": "requester",
        "organization_id": "organization",
    }
)
"""Native fields that hold an id or a word of Zendesk's own, and what they are called here."""
OWN_IDS = frozenset({"brand_id", "ticket_form_id", "problem_id", "locale_id"})
"""Native fields of ids, kept as custom ones."""
NO_FIELDS = frozenset(
    {
        *("id", "event_type", "type", "via", "via_reference_id", "previous_value", "audit_id"),
        *("created_at", "timestamp", "added_tags", "removed_tags"),
    }
)
"""Keys beside the fields in the export of changes."""

COMMENTS = frozenset({"Comment", "VoiceComment", "FacebookComment"})
NOTIFICATIONS = frozenset({"Notification", "NotificationWithCcs"})
TRANSCRIPTS = frozenset({"ChatStartedEvent", "ChatEndedEvent"})
"""Events whose value may hold a whole conversation."""
SPOKEN = frozenset({"ChatMessage", "ChatFileAttachment"})
OFFERS = frozenset({"SurveyOffered", "SurveyOfferedEvent"})
ANSWERS = frozenset(
    {"SurveyResponseSubmitted", "SurveyResponseSubmittedEvent", "SurveyResponseSubmission"}
)
SCORES = MappingProxyType(
    {
        **dict.fromkeys(("bad", "bad_with_comment", "badwithcomment"), 0),
        **dict.fromkeys(("good", "good_with_comment", "goodwithcomment"), 1),
    }
)
NO_SCORES = frozenset({"unoffered", "received"})
LEFT_OUT = frozenset(
    {
        *("AgentMacroReference", "AttachmentRedactionEvent", "Cc", "ChannelBackEvent"),
        *("CollabThreadCreated", "CollabThreadClosed", "CollabThreadReopened"),
        *("CollabThreadReply", "CommentRemoved", "TargetEvent"),
        *("CommentPrivacyChange", "CommentRedactionEvent", "EmailCcChange", "OfferedToEvent"),
        *("Error", "External", "FacebookEvent", "FollowerChange", "FollowerNotification"),
        *("KnowledgeCaptured", "KnowledgeFlagged", "KnowledgeLinked", "LogMeInTranscript"),
        *("OrganizationActivity", "Push", "RoutingChannelEvent", "ScheduleAssignment"),
        *("SkillAssigned", "AssociateAttValsEvent", "SlaTargetChange", "SmsNotification"),
        *("SuspendedTicketRecovery", "TicketSharingEvent", "TranslationEvent", "Tweet"),
        "WebhookEvent",
    }
)
"""Kinds of events that say nothing a ticket event can say; they are counted."""
