/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnWelcome: what stands on the paper of an empty document: how to begin, recent files, examples.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define TN_TYPE_WELCOME (tn_welcome_get_type ())
G_DECLARE_FINAL_TYPE (TnWelcome, tn_welcome, TN, WELCOME, AdwBin)

/**
 * TnWelcome:
 *
 * Asks the window for win.open, win.open-recent (s), win.open-example (s) and win.explain-message.
 * Signal "paper-clicked" (int n_press): nothing that it shows was clicked.
 */

/* The list of recent files, for tests. Borrowed. */
GtkListBox *tn_welcome_recent (TnWelcome *self);
/* The examples, in their order; for tests. Borrowed. */
GtkFlowBox *tn_welcome_examples (TnWelcome *self);

G_END_DECLS
