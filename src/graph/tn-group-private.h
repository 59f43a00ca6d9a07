/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How groups come to be, for the files of this room only. */
#pragma once

#include "graph/tn-group.h"

G_BEGIN_DECLS

TnGroup *tn_group_new (const char *name, const char *type, gboolean open, const TnRef *outputs,
                       guint n_outputs, const TnValue *extras);
/* Equal but for being open. */
gboolean tn_group_equal (const TnGroup *a, const TnGroup *b);

G_END_DECLS
