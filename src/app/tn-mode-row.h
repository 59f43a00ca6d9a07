/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnModeRow: the inspector's choice whether the selected layers are used, bypassed or disabled. */
#pragma once

#include <adwaita.h>

#include "document/tn-document.h"

G_BEGIN_DECLS

#define TN_TYPE_MODE_ROW (tn_mode_row_get_type ())
G_DECLARE_FINAL_TYPE (TnModeRow, tn_mode_row, TN, MODE_ROW, AdwActionRow)

/* Shows what the selection is; hidden while nothing in it has a choice. */
void tn_mode_row_show (TnModeRow *self, TnDocument *document);

G_END_DECLS
