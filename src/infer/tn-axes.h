/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the axes of a tensor are called: batch, height, width, channels. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* "height"; translated, static. NULL where that cannot be told: of more axes than layers are about,
 * and where the layers before it leave open which one holds the channels. */
const char *tn_axis_name (const TnFacts *facts, TnRef ref, int axis);

G_END_DECLS
