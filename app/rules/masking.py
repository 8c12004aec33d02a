"""Telephones as they may be shown."""


def mask_phone(phone: str | None) -> str:
    """138****1234; shorter numbers keep their last four digits only; nothing for nobody's number."""
    if not phone:
        return ""
    if len(phone) >= 11:
        return f"{phone[: len(phone) - 8]}****{phone[-4:]}"
    return f"****{phone[-4:]}" if len(phone) > 4 else "****"
