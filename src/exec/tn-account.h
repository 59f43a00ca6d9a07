/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnAccount: where a plan and its run get all their big memory, counted. */
#pragma once

#include "ops/tn-op.h"

G_BEGIN_DECLS

/* Bytes held now and at most so far. One owner; not for several threads. */
typedef struct
{
  guint64 held;
  guint64 peak;
} TnAccount;

/* @bytes as an aligned block takes them; G_MAXUINT64 stays so. */
guint64 tn_account_round (guint64 bytes);
/* a + b, G_MAXUINT64 when that overflows: sizes that cannot be counted never fit a limit. */
guint64 tn_account_sum (guint64 a, guint64 b);
guint64 tn_account_product (guint64 a, guint64 b);

/* An aligned block of @bytes, whatever is in it. NULL with TN_ERROR_MEMORY when it cannot be had;
 * for 0 bytes NULL without an error. */
gboolean tn_account_alloc (TnAccount *account, guint64 bytes, gpointer *block, GError **error);
void tn_account_free (TnAccount *account, gpointer block, guint64 bytes);
/* For memory that is allocated elsewhere, such as the tensors of kept outputs. */
void tn_account_add (TnAccount *account, guint64 bytes);
void tn_account_remove (TnAccount *account, guint64 bytes);

/* What may be used when nobody says: three quarters of what the system has available, or of what
 * the process may still take, whichever is less. */
guint64 tn_account_default_limit (void);

G_END_DECLS
