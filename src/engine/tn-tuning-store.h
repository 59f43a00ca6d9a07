/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where what was found out about this machine is kept: a file among the user's caches. */
#pragma once

#include "exec/tn-tuning.h"

G_BEGIN_DECLS

/* The file for this machine, whether it is there or not. New string. */
char *tn_tuning_store_path (void);
/* NULL when there is none, or nothing that makes sense. */
TnTuning *tn_tuning_store_load (void);
/* All of it or nothing. TN_ERROR_IO. */
gboolean tn_tuning_store_save (const TnTuning *tuning, GError **error);

G_END_DECLS
