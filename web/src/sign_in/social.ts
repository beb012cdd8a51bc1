/** Accounts elsewhere that Supabase Auth takes; the names are Supabase's. */
export const SOCIAL = ['google', 'github', 'twitch'] as const
export type Social = (typeof SOCIAL)[number]
