/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GError domain's quark. */
#include "base/tn-error.h"

G_DEFINE_QUARK (tn - error - quark, tn_error)
